using MultiExit.Engine.Protocols.Certificates;

namespace MultiExit.Engine.Tests.Protocols.Certificates;

public sealed class RevocationListReaderTests
{
    [Fact]
    public void A_list_of_openssl_is_read()
    {
        byte[] der = OpenSslLists.Plain;
        Assert.True(RevocationListReader.TryRead(der, out RevocationList? list, out string? fault));
        Assert.Null(fault);
        Assert.Equal(new DateTimeOffset(2026, 11, 30, 5, 36, 30, TimeSpan.Zero), list!.ThisUpdate);
        Assert.Equal(new DateTimeOffset(2026, 12, 30, 5, 36, 30, TimeSpan.Zero), list.NextUpdate);
        Assert.Equal(new KeyValuePair<string, RevocationReason>(OpenSslLists.Serial, RevocationReason.KeyCompromise), Assert.Single(list.Revoked));
        Assert.Equal("1.2.840.10045.4.3.2", list.Algorithm);
        Assert.True(list.AlgorithmParameters.IsEmpty);
        Assert.Equal(der.AsSpan(3, 160).ToArray(), list.Signed.ToArray());
        Assert.Equal(der.AsSpan(21, 41).ToArray(), list.Issuer.ToArray());
        Assert.Equal(der.AsSpan(178).ToArray(), list.Signature);
    }

    [Fact]
    public void A_list_may_say_no_end()
    {
        // Without nextUpdate, and the two lengths around it less by as much.
        string hex = Convert.ToHexStringLower(OpenSslLists.Plain);
        foreach ((string part, string other) in (ReadOnlySpan<(string, string)>)[
            ("170d3236313233303035333633305a", ""), ("3081f6", "3081e7"), ("30819d", "30818e")]) hex = ReplaceFirst(hex, part, other);
        Assert.True(RevocationListReader.TryRead(Convert.FromHexString(hex), out RevocationList? list, out string? fault), fault);
        Assert.Null(list!.NextUpdate);
        Assert.Single(list.Revoked);
    }

    [Fact]
    public void A_list_that_is_about_a_part_of_the_certificates_alone_is_refused()
    {
        Assert.False(RevocationListReader.TryRead(OpenSslLists.OfAPart, out RevocationList? list, out string? fault));
        Assert.Null(list);
        Assert.Contains("critical extension, 2.5.29.28", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("020101", "020102", "unknown version")]
    [InlineData("06082a8648ce3d040302302", "06082a8648ce3d040303302", "two algorithms")]
    [InlineData("170d323631313330", "170d323631333330", "invalid")] // month 13
    [InlineData("0a0101a0", "0a0181a0", "")] // a reason that is not known is still a revocation
    public void A_part_that_is_wrong_is_named(string part, string other, string expected)
    {
        string hex = Convert.ToHexStringLower(OpenSslLists.Plain);
        Assert.Contains(part, hex, StringComparison.Ordinal);
        bool read = RevocationListReader.TryRead(Convert.FromHexString(ReplaceFirst(hex, part, other)), out RevocationList? list, out string? fault);
        Assert.Equal(expected.Length == 0, read);
        if (read) Assert.Contains(OpenSslLists.Serial, list!.Revoked.Keys);
        else Assert.Contains(expected, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_part_of_a_list_is_less_than_a_list_and_so_is_a_list_with_something_behind_it()
    {
        byte[] der = OpenSslLists.Plain;
        for (int length = 0; length < der.Length; length++)
            Assert.False(RevocationListReader.TryRead(der.AsMemory(0, length), out _, out _), $"{length} bytes");
        Assert.False(RevocationListReader.TryRead((byte[])[.. der, 0], out _, out _));
    }

    [Fact]
    public void A_list_with_any_byte_changed_is_read_or_refused_and_nothing_else()
    {
        byte[] der = OpenSslLists.Plain;
        int refused = 0;
        for (int at = 0; at < der.Length; at++)
        {
            foreach (byte value in (byte[])[0, 1, 0x7f, 0x80, 0xff, (byte)(der[at] ^ 1), (byte)(der[at] ^ 0x20)])
            {
                byte[] changed = [.. der];
                changed[at] = value;
                if (RevocationListReader.TryRead(changed, out RevocationList? list, out string? fault)) Assert.NotNull(list);
                else Assert.True(fault is not null && ++refused > 0);
            }
        }
        Assert.InRange(refused, 100, der.Length * 7);
    }

    private static string ReplaceFirst(string text, string part, string other)
    {
        int at = text.IndexOf(part, StringComparison.Ordinal);
        return text[..at] + other + text[(at + part.Length)..];
    }
}
