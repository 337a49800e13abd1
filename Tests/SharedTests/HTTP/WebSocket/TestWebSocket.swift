/// The client's end of a WebSocket, frame by frame.
struct TestWebSocket: Sendable {
    struct Frame: Equatable {
        let opcode: UInt8
        let payload: [UInt8]

        var text: String { String(decoding: payload, as: UTF8.self) }
        /// What a close frame says.
        var code: Int? { payload.count == 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil }
    }

    let client: TestClient

    /// The next frame, which must be whole and without a mask, as a server's are.
    func frame() async throws -> Frame {
        let head = try await client.bytes(2)
        guard head[0] & 0x70 == 0, head[0] & 0x80 != 0, head[1] & 0x80 == 0 else { throw TestClient.Gone() }
        var length = Int(head[1])
        if length > 125 {
            length = try await client.bytes(length == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) }
        }
        return Frame(opcode: head[0] & 0x0F, payload: try await client.bytes(length))
    }

    /// The next frame, which must be a text.
    func text() async throws -> String {
        let frame = try await frame()
        guard frame.opcode == ClientFrame.text else { throw TestClient.Gone() }
        return frame.text
    }

    /// The code of the next frame, which must be a close, behind which nothing may come.
    func closeCode() async throws -> Int? {
        let frame = try await frame()
        guard frame.opcode == ClientFrame.close, try await client.rest().isEmpty else { throw TestClient.Gone() }
        return frame.code
    }
}
