/// Takes the body of one request as it arrives; used only on the thread of the connection's loop.
///
/// It ends in one of three ways: `receive` returns a response, `finish` is called, or `abandon` is called. After that
/// the server forgets it.
package protocol HTTPBodySink: AnyObject {
    /// A body is about to arrive; not called for a request without one.
    func begin(_ arrival: HTTPArrival)

    /// Takes the next bytes, which are valid during the call only; a response refuses the rest and closes.
    func receive(_ bytes: UnsafeRawBufferPointer) -> HTTPResponse?

    /// The whole body has arrived: `reply` must be answered once, from any thread, now or later.
    func finish(_ reply: HTTPReply)

    /// The client vanished or was cut off: let go of what is held.
    func abandon()
}

extension HTTPBodySink {
    package func begin(_ arrival: HTTPArrival) {}
}
