using MultiExit.Engine.Protocols.Ech;
using static MultiExit.Engine.Tests.Protocols.Ech.EchVectors;

namespace MultiExit.Engine.Tests.Protocols.Ech;

public sealed class EchPemFileTests
{
    [Fact]
    public void The_example_of_the_rfc_is_read_and_written()
    {
        Assert.Null(EchPemFile.ReadKeys(RfcPem, out IReadOnlyList<EchPemPair> pairs));
        EchPemPair pair = Assert.Single(pairs);
        Assert.Equal(RfcPrivateKey, Convert.ToHexStringLower(pair.PrivateKey));
        Assert.Equal(RfcList, pair.Configs.Encoded.ToArray());
        Assert.Equal(RfcPem, EchPemFile.WritePair(pair.PrivateKey, RfcList));
    }

    [Fact]
    public void Several_keys_stand_one_behind_the_other()
    {
        Assert.Null(EchPemFile.ReadKeys("newest\n" + RfcPem + "older\n" + RfcPem, out IReadOnlyList<EchPemPair> pairs));
        Assert.Equal(2, pairs.Count);
    }

    [Theory]
    [InlineData("BEGIN PRIVATE KEY", "BEGIN NOTHING", "has a PEM block without an end")]
    [InlineData("ECHCONFIG", "CERTIFICATE", "holds a PEM block that is neither PRIVATE KEY nor ECHCONFIG")]
    [InlineData("AD7+", "AD3+", "holds an ECHCONFIG that is longer than its length says")]
    [InlineData("AD7+", "AD/+", "holds an ECHCONFIG that is cut off")]
    [InlineData("MC4CAQAwBQYDK2Vu", "MC4CAQAwBQYDK2Vv", "holds a private key that is not X25519 in PKCS#8 (RFC 8410)")]
    [InlineData("MC4CAQAw", "MC4CAgAw", "holds a private key that is not X25519 in PKCS#8 (RFC 8410)")]
    [InlineData("BEGIN ECHCONFIG", "BEGIN NOTHING", "has a PEM block without an end")]
    [InlineData("-----", "", "holds no PRIVATE KEY and ECHCONFIG in PEM (RFC 9934)")]
    public void What_is_wrong_is_told(string text, string replacement, string fault) =>
        Assert.Equal(fault, EchPemFile.ReadKeys(RfcPem.Replace(text, replacement, StringComparison.Ordinal), out _));

    [Fact]
    public void A_key_without_its_config_between_two_is_told() => Assert.Equal(
        "holds a PRIVATE KEY without the ECHCONFIG that has to follow it",
        EchPemFile.ReadKeys(RfcPem[..RfcPem.IndexOf("-----BEGIN ECH", StringComparison.Ordinal)] + RfcPem, out _));

    [Fact]
    public void Too_many_keys_are_refused() => Assert.Equal(
        $"holds more than {EchPemFile.MaxKeys} keys", EchPemFile.ReadKeys(string.Concat(Enumerable.Repeat(RfcPem, EchPemFile.MaxKeys + 1)), out _));

    [Fact]
    public void Cut_off_anywhere_it_throws_nothing()
    {
        for (int length = 0; length < RfcPem.Length - 1; length++)
        {
            Assert.NotNull(EchPemFile.ReadKeys(RfcPem.AsSpan(0, length), out _));
            Assert.Null(EchPemFile.FindConfig(RfcPem.AsSpan(0, length)));
        }
    }

    [Fact]
    public void A_key_cut_off_anywhere_or_with_anything_behind_is_no_key()
    {
        byte[] pkcs8 = EchPemFile.WritePrivateKey(Hex(RfcPrivateKey));
        for (int length = 0; length < pkcs8.Length; length++) Assert.NotNull(ReadKey(pkcs8[..length]));
        Assert.NotNull(ReadKey([.. pkcs8, 0]));
        Assert.Null(ReadKey(pkcs8));
    }

    [Fact]
    public void A_key_with_its_public_key_behind_is_read()
    {
        // OneAsymmetricKey version 1 (RFC 5958 section 2): [1] publicKey.
        byte[] pkcs8 = EchPemFile.WritePrivateKey(Hex(RfcPrivateKey));
        byte[] withPublic = [0x30, 0x51, 0x02, 0x01, 0x01, .. pkcs8[5..], 0x81, 0x21, 0x00, .. Hex(RfcPublicKey)];
        Assert.Null(ReadKey(withPublic));
    }

    [Fact]
    public void The_public_part_is_found_whatever_else_is_there()
    {
        Assert.Equal(RfcList, EchPemFile.FindConfig(RfcPem));
        Assert.Equal(RfcList, EchPemFile.FindConfig(EchPemFile.WriteConfig(RfcList)));
        Assert.Null(EchPemFile.FindConfig(""));
    }

    private static string? ReadKey(byte[] pkcs8) => EchPemFile.ReadKeys(
        new string(System.Security.Cryptography.PemEncoding.Write("PRIVATE KEY", pkcs8)) + "\n" + EchPemFile.WriteConfig(RfcList), out _);
}
