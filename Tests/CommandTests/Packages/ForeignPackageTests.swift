import FileSystem
import TestSupport
import Testing

@Suite("Packages that other tools compressed") struct ForeignPackageTests {
    /// A ModelPack with one layer, an archive of `w/a.txt` in a frame of zstd whose blocks are not compressed.
    private static let maker = """
        import hashlib, io, json, os, tarfile
        os.makedirs('dist/blobs/sha256')
        def blob(content, kind):
            digest = hashlib.sha256(content).hexdigest()
            open('dist/blobs/sha256/' + digest, 'wb').write(content)
            return {'mediaType': kind, 'digest': 'sha256:' + digest, 'size': len(content)}
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode='w') as tar:
            entry = tarfile.TarInfo('w/a.txt'); entry.size = 6; tar.addfile(entry, io.BytesIO(b'hello\\n'))
        content = archive.getvalue()
        frame = b'\\x28\\xb5\\x2f\\xfd\\x00\\x38' + (len(content) << 3 | 1).to_bytes(3, 'little') + content
        model = 'application/vnd.cncf.model.'
        layer = blob(frame, model + 'weight.v1.tar+zstd')
        digest = 'sha256:' + hashlib.sha256(content).hexdigest()
        about = {'descriptor': {'name': 'm'}, 'config': {}, 'modelfs': {'type': 'layers', 'diffIds': [digest]}}
        config = blob(json.dumps(about).encode(), model + 'config.v1+json')
        kind = 'application/vnd.oci.image.manifest.v1+json'
        manifest = {'schemaVersion': 2, 'mediaType': kind, 'artifactType': model + 'manifest.v1+json',
                    'config': config, 'layers': [layer]}
        index = {'schemaVersion': 2, 'manifests': [blob(json.dumps(manifest).encode(), kind)]}
        json.dump(index, open('dist/index.json', 'w'))
        json.dump({'imageLayoutVersion': '1.0.0'}, open('dist/oci-layout', 'w'))
        """

    @Test("a layer of zstd is read, and without zstd's library the error says what to install")
    func zstd() throws {
        let repository = try TemporaryRepository(.empty)
        try repository.run(["python3", "-c", Self.maker]).succeeds()
        try repository.varve("package", "verify", "dist").succeeds()
        try repository.varve("package", "unpack", "dist", "-o", "out").succeeds()
        #expect(try repository.read("out/w/a.txt") == "hello\n")
        #if os(Linux)
            for name in ["libzstd.so.1", "libzstd.so"] { try repository.write("libraries/" + name, "no library") }
            try repository.varve(
                "package", "verify", "dist", with: ["LD_LIBRARY_PATH": repository.path("libraries")]
            ).fails(status: 1, saying: "libzstd1")
        #endif
    }
}
