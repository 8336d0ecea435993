using System.Security.Cryptography;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Ech;

namespace MultiExit.Engine.Tls.Ech;

/// <summary>A new ECH key of a server, as the files it is kept in (RFC 9934).</summary>
/// <param name="Config">The config for clients: X25519, HKDF-SHA256 with AES-128-GCM.</param>
/// <param name="KeyPem">The key file: PRIVATE KEY and ECHCONFIG of the new key, then those of earlier keys that stay. Secret.</param>
/// <param name="ConfigPem">The public part of the new key, ECHCONFIG.</param>
public sealed record EchKey(EchConfig Config, string KeyPem, string ConfigPem)
{
    /// <summary>The ECHConfigList to publish, base64.</summary>
    public string ConfigList => Convert.ToBase64String(Config.ToList());

    /// <summary>The DNS record that publishes it, in the form of a zone file (RFC 9460 section 2.1, RFC 9848).</summary>
    /// <param name="name">The name that clients look up, without a dot at its end.</param>
    public string DnsRecord(string name) => $"{name}. HTTPS 1 . ech=\"{ConfigList}\"";

    /// <summary>Whether a public name is a host name that clients accept (RFC 9849 section 6.1.7).</summary>
    public static bool IsPublicName(string name) => EchPublicName.IsValid(name);

    /// <summary>Makes a key.</summary>
    /// <param name="publicName">The server name that every observer sees.</param>
    /// <param name="configId">Its number, 0 to 255; null: one drawn at random that no earlier key has.</param>
    /// <param name="earlier">The text of the present key file; null for none.</param>
    /// <param name="keep">How many of its keys stay, from the first on: clients go on using them until the TTL of their record has passed.</param>
    /// <exception cref="ProxyException">The earlier text holds no keys (<see cref="ProxyError.CertificateUnreadable"/>), the number is
    /// taken (<see cref="ProxyError.InvalidConfiguration"/>), or there is no libcrypto (<see cref="ProxyError.MissingLibrary"/>).</exception>
    /// <exception cref="ArgumentException">The public name is not a host name.</exception>
    public static EchKey Create(string publicName, byte? configId = null, string? earlier = null, int keep = 0)
    {
        ArgumentNullException.ThrowIfNull(publicName);
        EchServerKey[] kept = earlier is null || keep == 0 ? [] : [.. EchServerKeys.Parse(earlier, "that is there").Take(keep)];
        byte[] taken = Array.ConvertAll(kept, key => key.Config.ConfigId);
        if (configId is { } wanted && taken.Contains(wanted))
            throw new ProxyException(ProxyError.InvalidConfiguration, $"the config id {wanted} belongs to a key that stays; give another one, or none");
        byte[] privateKey = X25519Key.NewPrivateKey();
        EchConfig config = EchConfig.Create(configId ?? Draw(taken), X25519Key.PublicKey(privateKey), publicName);
        string pem = string.Concat(kept.Select(key => Pem(key.PrivateKey.Reveal(), key.Config)).Prepend(Pem(privateKey, config)));
        CryptographicOperations.ZeroMemory(privateKey);
        return new(config, pem, EchPemFile.WriteConfig(config.ToList()));
    }

    /// <summary>Masks the key.</summary>
    public override string ToString() => $"{Config.PublicName} {Config.ConfigId}";

    private static string Pem(ReadOnlySpan<byte> privateKey, EchConfig config) => EchPemFile.WritePair(privateKey, config.ToList());

    // RFC 9849 section 10.3: random numbers reveal nothing of the server.
    private static byte Draw(byte[] taken)
    {
        byte[] free = [.. Enumerable.Range(0, 256).Select(id => (byte)id).Except(taken)];
        return free[RandomNumberGenerator.GetInt32(free.Length)];
    }
}
