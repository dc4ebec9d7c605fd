import Basics
import FileSystem
import Hashing
import Objects

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension ObjectPlacer {
    /// Objects up to this size are read whole and checked many at a time, in the lanes of the MD5 kernel.
    private static let smallLimit = 64 << 10

    /// Calls `body` for each placement in order, with the checked bytes of its object where that is small and the file
    /// is to be a copy, and `nil` for all others.
    func withSmallObjects(
        _ placements: ArraySlice<Placement>, _ buffers: BufferPool,
        _ body: (Placement, Result<UnsafeRawBufferPointer?, any Error>) throws -> Void
    ) throws {
        try buffers.with(atLeast: placements.count * ObjectPlacer.smallLimit) { buffer in
            var contents: [Result<UnsafeRawBufferPointer?, any Error>] = []
            contents.reserveCapacity(placements.count)
            var used = 0
            for placement in placements {
                let slot = UnsafeMutableRawBufferPointer(rebasing: buffer[used..<used + ObjectPlacer.smallLimit])
                let content = Result { try smallObject(of: placement, into: slot) }
                if case .success(let bytes?) = content { used += bytes.count }
                contents.append(content)
            }
            check(placements, &contents)
            for (placement, content) in zip(placements, contents) { try body(placement, content) }
        }
    }

    /// Reads a small object that is to be copied; `nil` for one that is to be linked or is larger.
    private func smallObject(
        of placement: Placement, into slot: UnsafeMutableRawBufferPointer
    ) throws -> UnsafeRawBufferPointer? {
        guard placement.object.algorithm == .md5, mayCopy(placement), linkTypes(for: placement).isEmpty else {
            return nil
        }
        let source = path(of: placement.object)
        let input = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard input >= 0 else {
            if errno == ENOENT { throw MissingObject(id: placement.object, path: placement.path.string) }
            throw FileError("read", source, errno)
        }
        defer { close(input) }
        // A full buffer means that there may be more; such an object is streamed instead.
        var total = 0
        while total < slot.count, let base = slot.baseAddress {
            let count = read(input, base + total, slot.count - total)
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("read", source, errno)
            }
            if count == 0 { return UnsafeRawBufferPointer(rebasing: slot[0..<total]) }
            total += count
        }
        return nil
    }

    private func check(
        _ placements: ArraySlice<Placement>, _ contents: inout [Result<UnsafeRawBufferPointer?, any Error>]
    ) {
        var positions: [Int] = []
        var buffers: [UnsafeRawBufferPointer] = []
        for (position, content) in contents.enumerated() {
            guard case .success(let bytes?) = content else { continue }
            positions.append(position)
            buffers.append(bytes)
        }
        for (position, digest) in zip(positions, MD5.digests(of: buffers)) {
            let object = placements[placements.startIndex + position].object
            do { try refuseDamaged(object, digest) } catch { contents[position] = .failure(error) }
        }
    }
}
