namespace MultiExit.Engine.Tests.Protocols.Ech;

/// <summary>Configs byte by byte.</summary>
internal static class EchVectors
{
    /// <summary>The example of RFC 9934 appendix A: config id 0x3a, HKDF-SHA256 with AES-128-GCM, example.com.</summary>
    public const string RfcPem =
        """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VuBCIEICjd4yGRdsoP9gU7YT7My8DHx1Tjme8GYDXrOMCi8v1V
        -----END PRIVATE KEY-----
        -----BEGIN ECHCONFIG-----
        AD7+DQA65wAgACA8wVN2BtscOl3vQheUzHeIkVmKIiydUhDCliA4iyQRCwAEAAEA
        AQALZXhhbXBsZS5jb20AAA==
        -----END ECHCONFIG-----

        """;

    public const string RfcPublicKey = "3cc1537606db1c3a5def421794cc778891598a222c9d5210c29620388b24110b";

    public const string RfcPrivateKey = "28dde3219176ca0ff6053b613ecccbc0c7c754e399ef066035eb38c0a2f2fd55";

    /// <summary>The list of that example, field by field.</summary>
    public static readonly byte[] RfcList = List(Config());

    /// <summary>A config.</summary>
    /// <param name="version">Four hexadecimal digits; the same for the others.</param>
    /// <param name="kem">The key exchange.</param>
    /// <param name="key">The public key.</param>
    /// <param name="suites">The cipher suites.</param>
    /// <param name="name">The public name, octets as hexadecimal digits.</param>
    /// <param name="extensions">The extensions.</param>
    public static byte[] Config(
        string version = "fe0d", string kem = "0020", string key = RfcPublicKey, string suites = "00010001",
        string name = "6578616d706c652e636f6d", string extensions = "")
    {
        byte[] contents = Hex("e7" + kem + Vector16(key) + Vector16(suites) + "00" + $"{name.Length / 2:x2}" + name + Vector16(extensions));
        return [.. Hex(version), (byte)(contents.Length >> 8), (byte)contents.Length, .. contents];
    }

    public static byte[] List(params byte[][] configs)
    {
        byte[] body = [.. configs.SelectMany(config => config)];
        return [(byte)(body.Length >> 8), (byte)body.Length, .. body];
    }

    public static byte[] Hex(string digits) => Convert.FromHexString(digits);

    private static string Vector16(string hex) => $"{hex.Length / 2:x4}{hex}";
}
