using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Ech;

namespace MultiExit.Engine.Tests.Protocols.Ech;

public sealed class EchClientHelloTests
{
    // server_name; encrypted_client_hello: outer 0, suite 0001 0001, config_id 5a, enc of 2 bytes, payload of 3 bytes; padding.
    private const string Extensions = "00000006" + "000400000161" + "fe0d000f" + "00000100015a0002aabb0003ccddee" + "00150001" + "00";

    [Fact]
    public void The_config_id_is_read() => AssertRead(ParseStatus.Ok, 0x5a, Record(Hello(Extensions)));

    [Theory]
    [InlineData("")]
    [InlineData("00150000")]
    [InlineData("fe0d000101")] // inner
    [InlineData("fe0d0005" + "0000010001")] // too short
    public void Without_an_outer_extension_there_is_none(string extensions) => AssertRead(ParseStatus.Ok, null, Record(Hello(extensions)));

    [Fact]
    public void A_hello_without_any_extensions_is_one() => AssertRead(ParseStatus.Ok, null, Record(Hello(null)));

    [Fact]
    public void More_is_needed_up_to_the_last_byte_of_the_message()
    {
        byte[] hello = Record(Hello(Extensions));
        for (int length = 0; length < hello.Length; length++) AssertRead(ParseStatus.NeedMore, null, hello[..length]);
        AssertRead(ParseStatus.Ok, 0x5a, [.. hello, 0x14, 0x03, 0x03]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public void It_may_come_in_several_records(int size)
    {
        byte[] records = [.. Hello(Extensions).Chunk(size).SelectMany(Record)];
        for (int length = 0; length < records.Length; length++) AssertRead(ParseStatus.NeedMore, null, records[..length]);
        AssertRead(ParseStatus.Ok, 0x5a, records);
    }

    [Theory]
    [InlineData("474554202f")] // GET /
    [InlineData("15")] // an alert
    [InlineData("1602")] // SSL 2
    [InlineData("1603010000")] // an empty record
    [InlineData("1603014001")] // a record of more than 16 KiB
    [InlineData("160301000402000000")] // a ServerHello
    [InlineData("160301000401010000")] // a ClientHello of 64 KiB
    [InlineData("160301000401000000")] // a ClientHello without fields
    public void What_is_no_hello_is_told_at_once(string hex) => AssertRead(ParseStatus.Invalid, null, Convert.FromHexString(hex));

    [Fact]
    public void Fields_that_do_not_fit_are_invalid()
    {
        byte[] hello = Hello(Extensions);
        for (int length = 4; length < hello.Length; length++)
        {
            byte[] cut = hello[..length];
            (cut[2], cut[3]) = ((byte)((length - 4) >> 8), (byte)(length - 4));
            // Cut right behind the compression methods it is a hello without extensions.
            AssertRead(length == Hello(null).Length ? ParseStatus.Ok : ParseStatus.Invalid, null, Record(cut));
        }
    }

    private static void AssertRead(ParseStatus status, int? configId, byte[] source)
    {
        Assert.Equal(status, EchClientHello.Read(source, out byte? read));
        Assert.Equal(configId, read);
    }

    private static byte[] Hello(string? extensions)
    {
        byte[] tail = extensions is null ? [] : Convert.FromHexString($"{extensions.Length / 2:x4}{extensions}");
        byte[] body = [0x03, 0x03, .. new byte[32], 4, 1, 2, 3, 4, 0, 2, 0x13, 0x01, 1, 0, .. tail];
        return [1, 0, (byte)(body.Length >> 8), (byte)body.Length, .. body];
    }

    private static byte[] Record(byte[] fragment) => [22, 3, 1, (byte)(fragment.Length >> 8), (byte)fragment.Length, .. fragment];
}
