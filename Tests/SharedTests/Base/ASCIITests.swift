import Base
import Foundation
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

    @Test func `the classes are those of C, and hold ASCII only`() {
        for byte in UInt8.min...UInt8.max {
            let (isASCII, code) = (byte < 0x80, Int32(byte))
            #expect(byte.isDigit == (isASCII && isdigit(code) != 0), "\(byte)")
            #expect(byte.isLetter == (isASCII && isalpha(code) != 0), "\(byte)")
            #expect(byte.isPunctuation == (isASCII && ispunct(code) != 0), "\(byte)")
            #expect(byte.isControl == (isASCII && iscntrl(code) != 0), "\(byte)")
            // HTML does not count the vertical tab.
            #expect(byte.isSpace == (isASCII && isspace(code) != 0 && byte != 0x0B), "\(byte)")
            #expect(byte.lowercased == (isASCII ? UInt8(tolower(code)) : byte), "\(byte)")
        }
    }

    @Test func `a word is spelled in either case`() {
        #expect("MailTo".utf8.spells("mailto"))
        #expect(!"mailt".utf8.spells("mailto"))
        #expect(!"mail@o".utf8.spells("mail`o"))
    }
}
