import CCurl

/// One call on its way through libcurl, with what has come of its answer; for the session's thread only.
final class HTTPTransfer {
    let call: HTTPCall
    let handle: UnsafeMutableRawPointer
    private var lines: UnsafeMutablePointer<curl_slist>?
    private var isReady = true

    private var mayHaveArrived = false
    private var head = HTTPHead()
    private var headBytes = 0
    private var body: [UInt8] = []
    private var isTooLarge = false
    private var isEnough = false

    /// For all heads of an answer and its trailers together.
    private static let maximumHeadBytes = 65_536
    /// How long a kept connection may be idle, in seconds.
    private static let idleLimit = 60

    /// Nil where libcurl has no memory, or lacks an option.
    init?(_ call: HTTPCall) {
        guard let handle = curl_easy_init() else { return nil }
        self.call = call
        self.handle = handle
        setRules()
        setRequest()
        setReceivers()
        guard isReady else { return nil }
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(lines)
    }

    /// What came of it, by the code that libcurl ended it with.
    func outcome(_ code: CURLcode) -> HTTPCall.Outcome {
        if isTooLarge { return failure(.tooLarge) }
        guard code == CURLE_OK || isEnough, head.isWhole else {
            return .failure(TransportFailure(code, mayHaveArrived: mayHaveArrived))
        }
        return .success(HTTPAnswer(status: head.status, fields: head.fields, body: body))
    }

    func failure(_ reason: TransportFailure.Reason) -> HTTPCall.Outcome {
        .failure(TransportFailure(reason: reason, mayHaveArrived: mayHaveArrived))
    }

    /// What libcurl does not do unless asked stays off: redirects, cookies, caches, credentials of the server.
    private func setRules() {
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
        set(CURLOPT_ACCEPT_ENCODING, "gzip")
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_NOSIGNAL, 1)
        // Otherwise the end of a transfer waits for the resolver's thread.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_TIMEOUT_MS, max(1, Int((call.deadline - .now) / .milliseconds(1))))
        set(CURLOPT_MAXAGE_CONN, Self.idleLimit)
        if !isRead {
            set(CURLOPT_FRESH_CONNECT, 1)
            set(CURLOPT_FORBID_REUSE, 1)
        }
    }

    private func setRequest() {
        let request = call.request
        set(CURLOPT_URL, request.url)
        set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        // Lines without a value keep away what libcurl would add.
        var lines = request.fields + ["Expect:"]
        if let body = request.body {
            set(CURLOPT_POSTFIELDSIZE, body.utf8.count)
            set(CURLOPT_COPYPOSTFIELDS, body)
        } else if request.method == .post {
            set(CURLOPT_COPYPOSTFIELDS, "")
            lines.append("Content-Type:")
        }
        for line in lines {
            let longer = curl_slist_append(self.lines, line)
            isReady = isReady && longer != nil
            self.lines = longer ?? self.lines
        }
        isReady = isReady && curl_easy_set_list(handle, CURLOPT_HTTPHEADER, self.lines) == CURLE_OK
    }

    private func setReceivers() {
        let me = Unmanaged.passUnretained(self).toOpaque()
        let codes = [
            curl_easy_set_pointer(handle, CURLOPT_PREREQDATA, me),
            curl_easy_set_prerequest(handle, CURLOPT_PREREQFUNCTION) { me, _, _, _, _ in
                HTTPTransfer.at(me)?.mayStart() ?? false ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
            },
            curl_easy_set_pointer(handle, CURLOPT_HEADERDATA, me),
            curl_easy_set_receiver(handle, CURLOPT_HEADERFUNCTION) { bytes, _, count, me in
                let line = UnsafeRawBufferPointer(start: bytes, count: count)
                return HTTPTransfer.at(me)?.receiveHead(line) ?? false ? count : 0
            },
            curl_easy_set_pointer(handle, CURLOPT_WRITEDATA, me),
            curl_easy_set_receiver(handle, CURLOPT_WRITEFUNCTION) { bytes, _, count, me in
                let bytes = UnsafeRawBufferPointer(start: bytes, count: count)
                return HTTPTransfer.at(me)?.receiveBody(bytes) ?? false ? count : 0
            },
        ]
        isReady = isReady && codes.allSatisfy { $0 == CURLE_OK }
    }

    private static func at(_ address: UnsafeMutableRawPointer?) -> HTTPTransfer? {
        address.map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
    }

    private var isRead: Bool { call.request.method == .get }

    /// Called when there is a connection, before anything of the request is sent: each time it is.
    ///
    /// libcurl sends a request again where a kept connection was dead, and for other reasons. A write never is.
    private func mayStart() -> Bool {
        guard isRead || !mayHaveArrived else { return false }
        mayHaveArrived = true
        return true
    }

    private func receiveHead(_ line: UnsafeRawBufferPointer) -> Bool {
        headBytes += line.count
        isTooLarge = headBytes > Self.maximumHeadBytes
        if !isTooLarge { head.receive(line) }
        return !isTooLarge
    }

    private func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        isTooLarge = body.count + bytes.count > call.maximumBytes
        guard !isTooLarge else { return false }
        body += bytes
        isEnough = call.isEnough(head, bytes)
        return !isEnough
    }

    private func set(_ option: CURLoption, _ value: Int) {
        isReady = isReady && curl_easy_set_long(handle, option, value) == CURLE_OK
    }

    private func set(_ option: CURLoption, _ value: String) {
        isReady = isReady && curl_easy_set_text(handle, option, value) == CURLE_OK
    }
}
