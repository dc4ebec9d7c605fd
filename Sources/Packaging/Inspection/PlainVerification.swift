/// What a check of a package without a layout found. Anything wrong is thrown instead.
package struct PlainVerification: Sendable {
    package let files: [PackageReader.File]
    package let signer: Signer?
    package let kind: Signature.Kind?

    package init(of package: PlainPackage, _ signers: TrustedSigners?, program: SignatureProgram) throws {
        files = try package.files()
        guard let signature = try package.signature() else {
            guard signers == nil else {
                throw PackageError(
                    .signature, "there is no signature beside the package",
                    remedy: "ask its maker for the file that ends with .sig or .minisig")
            }
            (signer, kind) = (nil, nil)
            return
        }
        kind = signature.kind
        // Without signers, minisign has nothing to check with; the file is there and says nothing.
        if signers == nil, signature.kind == .minisign {
            signer = nil
        } else {
            signer = try program.check(signature, ofFile: package.signed, signers)
        }
    }
}
