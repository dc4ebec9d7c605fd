#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Digests by the system's own library, OpenSSL or CommonCrypto: other people's code to compare with.
struct SystemDigests {
    static let shared = SystemDigests()

    private typealias Function =
        @convention(c) (UnsafeRawPointer?, UInt, UnsafeMutablePointer<UInt8>?) -> OpaquePointer?
    private let md5Function: Function
    private let sha256Function: Function

    /// `nil` where no such library is installed.
    private init?() {
        #if canImport(Darwin)
            let libraries: [String?] = [nil]
            let names = (md5: "CC_MD5", sha256: "CC_SHA256")
        #else
            let libraries: [String?] = ["libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so"]
            let names = (md5: "MD5", sha256: "SHA256")
        #endif
        for library in libraries {
            guard let handle = dlopen(library, RTLD_NOW), let md5 = dlsym(handle, names.md5),
                let sha256 = dlsym(handle, names.sha256)
            else { continue }
            md5Function = unsafeBitCast(md5, to: Function.self)
            sha256Function = unsafeBitCast(sha256, to: Function.self)
            return
        }
        return nil
    }

    func md5(_ bytes: some Collection<UInt8>) -> String { digest(bytes, 16, md5Function) }
    func sha256(_ bytes: some Collection<UInt8>) -> String { digest(bytes, 32, sha256Function) }

    private func digest(_ bytes: some Collection<UInt8>, _ count: Int, _ function: Function) -> String {
        let input = Array(bytes)
        let output = [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            _ = function(input, UInt(input.count), buffer.baseAddress)
            written = count
        }
        return output.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
