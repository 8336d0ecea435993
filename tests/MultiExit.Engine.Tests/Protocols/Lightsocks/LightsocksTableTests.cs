using System.Text;
using MultiExit.Engine.Protocols.Lightsocks;

namespace MultiExit.Engine.Tests.Protocols.Lightsocks;

public sealed class LightsocksTableTests
{
    // Each octet is replaced by the next one, and 255 by 0; each by the one with all bits turned.
    private static readonly string Next = Convert.ToBase64String([.. Enumerable.Range(0, 256).Select(value => (byte)(value + 1))]);
    private static readonly string Turned = Convert.ToBase64String([.. Enumerable.Range(0, 256).Select(value => (byte)~value)]);

    [Theory]
    [InlineData(true, "050100", "060201")]
    [InlineData(true, "05010003076578616D706C65FF", "06020104086679626E716D6600")]
    [InlineData(false, "050100", "FAFEFF")]
    public void Octets_are_replaced_and_restored(bool next, string plain, string sent)
    {
        LightsocksTable table = Read(next ? Next : Turned)!;
        byte[] octets = Convert.FromHexString(plain);
        byte[] target = new byte[octets.Length + 1];
        table.Encode(octets, target);
        Assert.Equal(sent + "00", Convert.ToHexString(target));
        Span<byte> same = target.AsSpan(0, octets.Length);
        table.Decode(same, same);
        Assert.Equal(plain, Convert.ToHexString(same));
    }

    [Fact]
    public void Every_password_that_is_made_is_another_one_and_can_be_read()
    {
        string[] passwords = [.. Enumerable.Range(0, 20).Select(_ => LightsocksTable.Generate())];
        Assert.Equal(passwords.Distinct(), passwords);
        byte[] all = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        foreach (string password in passwords)
        {
            Assert.Equal(LightsocksTable.TextLength, password.Length);
            LightsocksTable table = Read(password)!;
            byte[] sent = new byte[256];
            table.Encode(all, sent);
            Assert.Equal(Convert.FromBase64String(password), sent);
            table.Decode(sent, sent);
            Assert.Equal(all, sent);
        }
    }

    public static TheoryData<string> Faulty =>
    [
        "", "secret", Next[..^4], Next + "AAAA", Next.Replace('=', ' '), "!" + Next[1..],
        With(octets => octets[7] = octets[8]), // twice
        With(octets => Array.Sort(octets)), // all at their own places
        With(octets => (octets[3], octets[2]) = (octets[2], octets[3])), // 3 stays 3
    ];

    [Theory]
    [MemberData(nameof(Faulty))]
    public void Anything_else_is_no_password(string text) => Assert.Null(Read(text));

    private static string With(Action<byte[]> change)
    {
        byte[] octets = Convert.FromBase64String(Next);
        change(octets);
        return Convert.ToBase64String(octets);
    }

    private static LightsocksTable? Read(string password) =>
        LightsocksTable.TryRead(Encoding.UTF8.GetBytes(password), out LightsocksTable? table) ? table : null;
}
