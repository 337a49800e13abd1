import Foundation
import Synchronization

/// An MCP server on standard input and output, with the faults that a test wants.
///
/// What a call does depends on the number of the issue.
package final class MCPProgram: Sendable {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "mcp-\(UUID())")
    private let logged = Mutex("")
    private let mode: String

    /// `modern`, `legacy`, `strict` (ends at a message that it does not expect), `silent` (does not answer it),
    /// `stubborn` (modern, but does not end), `mute` (answers nothing and does not end), `deaf` (modern, but reads
    /// nothing behind the list of tools), `broken` (ends at once), `late` (modern, but the first message has no answer).
    package init(_ mode: String) throws {
        self.mode = mode
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(Self.script.utf8).write(to: folder.appending(path: "server.py"))
        try Data("[\(FakeMCP.newTools.joined(separator: ","))]".utf8).write(to: folder.appending(path: "tools.json"))
        try Data(FakeMCP.issue.utf8).write(to: folder.appending(path: "issue.json"))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    package var log: String { logged.withLock { $0 } }

    /// The numbers of all processes that were started, in order.
    package var processes: [pid_t] {
        let text = (try? String(contentsOf: folder.appending(path: "processes"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { pid_t($0) }
    }

    /// The numbers of processes that those have started.
    package var children: [pid_t] {
        let text = (try? String(contentsOf: folder.appending(path: "children"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { pid_t($0) }
    }

    /// The methods of all messages that it got.
    package var methods: [String] {
        let text = (try? String(contentsOf: folder.appending(path: "methods"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    /// The program with its arguments.
    package var words: [String] { ["/usr/bin/python3", folder.appending(path: "server.py").path, mode] }

    /// Keeps a line of the log of who uses the program.
    package func note(_ line: [UInt8]) { logged.withLock { $0 += String(decoding: line, as: UTF8.self) } }

    private static let script = """
        import json, os, signal, subprocess, sys, threading, time
        folder, mode = os.path.dirname(os.path.abspath(__file__)), sys.argv[1]
        def note(name, text):
            with open(os.path.join(folder, name), "a") as file: file.write(text + "\\n")
        note("processes", str(os.getpid()))
        if mode == "broken": sys.exit(1)
        if mode in ("stubborn", "mute"): signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if mode == "mute": time.sleep(60)
        tools = json.load(open(os.path.join(folder, "tools.json")))
        issue = open(os.path.join(folder, "issue.json")).read()
        ready = mode not in ("legacy", "strict", "silent")
        def send(message):
            sys.stdout.write(json.dumps(message) + "\\n")
            sys.stdout.flush()
        def answer(id, **result): send({"jsonrpc": "2.0", "id": id, **result})
        def content(id, text): answer(id, result={"content": [{"type": "text", "text": text}]})
        waiting = []
        def call(id, arguments):
            number = arguments.get("issue_number")
            if number == 1: os._exit(1)
            if number == 2: return
            if number == 3:
                print("the token is", os.environ["GITHUB_PERSONAL_ACCESS_TOKEN"], "or ghp_abc", file=sys.stderr)
                print("x" * 5000, file=sys.stderr)
                for n in range(100): print("line", n, file=sys.stderr)
                sys.stderr.flush()
            if number == 4:
                sys.stdout.write('{"jsonrpc":"2.0","id":%d,"result":' % id)
                sys.stdout.flush()
                os._exit(0)
            if number == 5:
                sys.stdout.write("Welcome!\\n\\n[]\\n")
                answer(id + 1000, result={"content": []})
                answer(str(id), result={"content": []})
                send({"jsonrpc": "2.0", "method": "notifications/progress"})
                waiting.append(id)
                send({"jsonrpc": "2.0", "id": 0, "method": "ping"})
                return
            if number == 6:
                sys.stdout.write("x" * 3000000)
                sys.stdout.flush()
                return
            if number == 8:
                threading.Timer(0.3, content, (id, issue)).start()
                return
            if number == 9:
                return answer(id, error={"code": -32603, "message": "failed to get issue: GET https://x/: 404 Not Found []"})
            if number == 11:
                note("children", str(subprocess.Popen(["sleep", "60"], stdin=subprocess.DEVNULL).pid))
                os._exit(1)
            content(id, issue)
            if number == 10: os._exit(0)
        for line in sys.stdin:
            message = json.loads(line)
            method, id, params = message.get("method"), message.get("id"), message.get("params", {})
            note("methods", method or "answer")
            if mode == "late" and method == "server/discover": time.sleep(2)
            elif mode == "late" and method == "initialize":
                error = {"code": -32022, "message": "Unsupported protocol version", "data": {"supported": ["2026-07-28"]}}
                answer(id, error=error)
            elif method is None:
                if message == {"jsonrpc": "2.0", "id": 0, "result": {}}: content(waiting.pop(), issue)
            elif method == "initialize":
                ready = True
                answer(id, result={"protocolVersion": "2025-06-18", "capabilities": {}})
            elif id is None: pass
            elif not ready:
                if mode == "strict": sys.exit(1)
                if mode == "legacy": answer(id, error={"code": -32602, "message": "Invalid request parameters"})
            elif method == "server/discover" and mode != "legacy": answer(id, result={"supportedVersions": ["2026-07-28"]})
            elif method == "tools/list":
                answer(id, result={"tools": tools})
                if mode == "deaf": time.sleep(60)
            elif method == "tools/call": call(id, params["arguments"])
            else: answer(id, error={"code": -32601, "message": "Method not found"})
        if mode == "stubborn": time.sleep(60)
        """
}
