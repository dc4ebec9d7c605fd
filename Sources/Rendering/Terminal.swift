#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What is known of the device behind a file descriptor.
package struct Terminal: Sendable {
    /// Whether a person sits in front of it.
    package let isInteractive: Bool
    /// Columns; `nil` where there is no terminal or it does not say.
    package let width: Int?
    /// Lines; `nil` where there is no terminal or it does not say.
    package let height: Int?

    package init(isInteractive: Bool, width: Int? = nil, height: Int? = nil) {
        self.isInteractive = isInteractive
        self.width = width
        self.height = height
    }

    /// Asks the operating system about an open descriptor.
    package init(descriptor: Int32) {
        guard isatty(descriptor) == 1 else {
            self.init(isInteractive: false)
            return
        }
        var size = winsize()
        let status = ioctl(descriptor, UInt(TIOCGWINSZ), &size)
        self.init(
            isInteractive: true, width: status == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil,
            height: status == 0 && size.ws_row > 0 ? Int(size.ws_row) : nil)
    }
}
