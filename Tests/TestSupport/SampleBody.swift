import Foundation

/// The bytes of a sample delivery.
enum SampleBody {
    static func encode(_ object: [String: Any]) -> [UInt8] {
        let data = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
        return Array(data ?? Data())
    }
}
