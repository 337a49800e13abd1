import Base
import Testing

@Suite struct ASCIITests {
    @Test func `a digit has its value in either case, and no other byte has one`() {
        for byte in UInt8.min...UInt8.max {
            #expect(byte.hexValue == UInt8(String(Unicode.Scalar(byte)), radix: 16), "\(byte)")
            #expect(byte.isHexDigit == (byte.hexValue != nil), "\(byte)")
        }
    }

    @Test func `bytes are written as two lower-case digits each`() {
        #expect([0, 10, 171, 255].hex == "000aabff")
    }
}
