import CCurl

/// What the thread of a session does: it begins and ends calls, and lets libcurl work in between.
struct HTTPLoop {
    private let inbox: HTTPInbox
    private var transfers: [UnsafeMutableRawPointer: HTTPTransfer] = [:]

    /// How many connections are kept, for reads.
    private static let keptConnections = 8

    init(_ inbox: HTTPInbox) {
        self.inbox = inbox
        curl_multi_set_long(inbox.multi, CURLMOPT_MAXCONNECTS, Self.keptConnections)
    }

    /// Runs until the inbox is closed.
    mutating func run() {
        var count: Int32 = 0
        while let calls = inbox.take() {
            for call in calls { start(call) }
            for transfer in transfers.values where transfer.call.cancellation.isCancelled {
                end(transfer, transfer.failure(.cancelled))
            }
            curl_multi_perform(inbox.multi, &count)
            while let message = curl_multi_info_read(inbox.multi, &count)?.pointee {
                guard let handle = message.easy_handle, let transfer = transfers[handle] else { continue }
                end(transfer, transfer.outcome(message.data.result))
            }
            // It ends earlier when there is something to do, when a transfer's time is over, and when it is woken.
            curl_multi_poll(inbox.multi, nil, 0, 60_000, nil)
        }
        curl_multi_cleanup(inbox.multi)
    }

    private mutating func start(_ call: HTTPCall) {
        guard !call.cancellation.isCancelled else { return call.fail(.cancelled) }
        guard call.deadline > .now else { return call.fail(.timedOut) }
        guard let transfer = HTTPTransfer(call), curl_multi_add_handle(inbox.multi, transfer.handle) == CURLM_OK else {
            return call.fail(.notConnected)
        }
        transfers[transfer.handle] = transfer
    }

    /// Tells the caller first: libcurl may have something to wait for.
    private mutating func end(_ transfer: HTTPTransfer, _ outcome: HTTPCall.Outcome) {
        transfer.call.continuation.resume(returning: outcome)
        curl_multi_remove_handle(inbox.multi, transfer.handle)
        transfers[transfer.handle] = nil
    }
}
