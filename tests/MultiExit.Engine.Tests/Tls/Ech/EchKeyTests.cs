using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Ech;
using MultiExit.Engine.Tests.Protocols.Ech;
using MultiExit.Engine.Tls.Ech;

namespace MultiExit.Engine.Tests.Tls.Ech;

public sealed class EchKeyTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("multiexit-");

    [Theory]
    [InlineData(EchVectors.RfcPrivateKey, EchVectors.RfcPublicKey)]
    // RFC 7748 section 6.1, Bob's.
    [InlineData("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb", "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")]
    public void Public_keys_are_those_of_the_rfcs(string privateKey, string publicKey) =>
        Assert.Equal(publicKey, Convert.ToHexStringLower(X25519Key.PublicKey(Convert.FromHexString(privateKey))));

    [Fact]
    public void A_new_key_is_read_back()
    {
        EchKey made = EchKey.Create("hub.example");
        EchServerKey read = Assert.Single(EchServerKeys.Load([Write(made.KeyPem)]).All);
        Assert.Equal("hub.example", read.Config.PublicName);
        Assert.Equal(made.Config.Encoded.ToArray(), read.Config.Encoded.ToArray());
        Assert.Equal([EchCipherSuite.Default], made.Config.CipherSuites);
        Assert.Null(made.Config.Unusable);
        Assert.Equal(made.Config.ToList(), EchPemFile.FindConfig(made.ConfigPem));
        Assert.DoesNotContain("PRIVATE", made.ConfigPem, StringComparison.Ordinal);
        Assert.Equal($"www.example. HTTPS 1 . ech=\"{Convert.ToBase64String(made.Config.ToList())}\"", made.DnsRecord("www.example"));
    }

    [Fact]
    public void The_key_of_the_rfc_is_read()
    {
        EchServerKeys keys = EchServerKeys.Load([Write(EchVectors.RfcPem)]);
        Assert.Equal(0xe7, keys.Current.Config.ConfigId);
        Assert.True(keys.Current.PrivateKey.Matches(Convert.FromHexString(EchVectors.RfcPrivateKey)));
    }

    [Fact]
    public void In_a_rotation_earlier_keys_stay_behind_the_new_one()
    {
        EchKey first = EchKey.Create("a.example", 1);
        EchKey second = EchKey.Create("b.example", 2, first.KeyPem, keep: 2);
        EchKey third = EchKey.Create("c.example", 3, second.KeyPem, keep: 1);
        EchServerKeys keys = EchServerKeys.Load([Write(third.KeyPem), Write(first.KeyPem)]);
        Assert.Equal([3, 2, 1], keys.All.Select(key => (int)key.Config.ConfigId));
        Assert.Equal(3, keys.Current.Config.ConfigId);
        Assert.Equal("b.example", keys.For(2).Config.PublicName);
        Assert.Equal("c.example", keys.For(null).Config.PublicName);
        Assert.Equal("c.example", keys.For(77).Config.PublicName);
    }

    [Fact]
    public void A_number_is_drawn_that_no_kept_key_has()
    {
        string pem = "";
        // 0 to 254 cannot all be kept: a file has at most 64 keys. Many draws against 63 taken ones would hit one sooner or later.
        for (byte id = 0; id < 63; id++) pem = EchKey.Create("a.example", id, pem.Length == 0 ? null : pem, keep: 63).KeyPem;
        for (int i = 0; i < 20; i++) Assert.InRange(EchKey.Create("a.example", null, pem, keep: 63).Config.ConfigId, 63, 255);
        ProxyException taken = Assert.Throws<ProxyException>(() => EchKey.Create("a.example", 5, pem, keep: 63));
        Assert.Equal("the config id 5 belongs to a key that stays; give another one, or none", taken.Message);
    }

    [Fact]
    public void Two_files_with_one_number_are_refused()
    {
        string[] files = [Write(EchKey.Create("a.example", 9).KeyPem), Write(EchKey.Create("b.example", 9).KeyPem)];
        ProxyException exception = Assert.Throws<ProxyException>(() => EchServerKeys.Load(files));
        Assert.Equal(ProxyError.CertificateUnreadable, exception.Reason);
        Assert.StartsWith($"the ECH key file {files[1]} has a second key with the config id 9", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_private_key_and_the_config_of_another_are_refused()
    {
        string mixed = EchVectors.RfcPem[..EchVectors.RfcPem.IndexOf("-----BEGIN ECH", StringComparison.Ordinal)] + EchKey.Create("a.example").ConfigPem;
        string file = Write(mixed);
        ProxyException exception = Assert.Throws<ProxyException>(() => EchServerKeys.Load([file]));
        Assert.Equal($"the ECH key file {file} has a PRIVATE KEY and an ECHCONFIG that do not belong together", exception.Message);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        string file = Path.Combine(_folder.FullName, "none.pem");
        Assert.Equal($"the ECH key file {file} does not exist", Assert.Throws<ProxyException>(() => EchServerKeys.Load([file])).Message);
    }

    [Fact]
    public void Private_keys_are_not_printed()
    {
        EchKey made = EchKey.Create("hub.example", 7);
        Assert.Equal("hub.example 7", made.ToString());
        Assert.DoesNotContain(made.KeyPem.Split('\n')[1], EchServerKeys.Parse(made.KeyPem, "x")[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_key_is_another() => Assert.NotEqual(EchKey.Create("a.example").KeyPem, EchKey.Create("a.example").KeyPem);

    public void Dispose() => _folder.Delete(recursive: true);

    private string Write(string text)
    {
        string file = Path.Combine(_folder.FullName, Path.GetRandomFileName());
        File.WriteAllText(file, text);
        return file;
    }
}
