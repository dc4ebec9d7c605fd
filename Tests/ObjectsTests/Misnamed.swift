#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Makes an empty file whose name is not UTF-8.
func plantMisnamed(in folder: String) throws {
    let path: [CChar] = folder.utf8CString.dropLast() + [0x2F, -1, -2, 0]
    let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
    if descriptor >= 0 { close(descriptor) }
}
