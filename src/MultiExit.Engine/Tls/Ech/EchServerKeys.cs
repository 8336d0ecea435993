using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Ech;

namespace MultiExit.Engine.Tls.Ech;

/// <summary>The keys of a server, all live at once. Immutable; a rotation makes a new one.</summary>
internal sealed class EchServerKeys
{
    private readonly EchServerKey?[] _byId = new EchServerKey?[256];

    private EchServerKeys(IReadOnlyList<EchServerKey> all)
    {
        All = all;
        foreach (EchServerKey key in all) _byId[key.Config.ConfigId] ??= key;
    }

    /// <summary>The keys in the order of the files; at least one.</summary>
    public IReadOnlyList<EchServerKey> All { get; }

    /// <summary>The newest key: its config is the one to publish, and the one for clients that used an unknown key.</summary>
    public EchServerKey Current => All[0];

    /// <summary>The key of a config_id.</summary>
    /// <param name="configId">The number of the ClientHello; null when it offers no ECH.</param>
    /// <returns>The key; the current one where there is no such number, for the answer with a new config.</returns>
    public EchServerKey For(byte? configId) => (configId is { } id ? _byId[id] : null) ?? Current;

    /// <summary>Reads key files (RFC 9934), the newest first.</summary>
    /// <exception cref="ProxyException">A file cannot be read or holds something other than ECH keys
    /// (<see cref="ProxyError.CertificateUnreadable"/>); there is no libcrypto (<see cref="ProxyError.MissingLibrary"/>).</exception>
    public static EchServerKeys Load(IReadOnlyList<string> files)
    {
        List<EchServerKey> all = [];
        foreach (string file in files)
        {
            foreach (EchServerKey key in Parse(PemFile.ReadText(file, "ECH key file"), file))
            {
                if (all.Exists(other => other.Config.ConfigId == key.Config.ConfigId))
                    throw Faulty(file,
                        $"has a second key with the config id {key.Config.ConfigId}; "
                        + "make another one with New-MxEchKey -Keep, which avoids the ids that are taken");
                all.Add(key);
            }
        }
        return new(all);
    }

    /// <summary>Reads the keys of a text.</summary>
    /// <param name="text">The text of a key file.</param>
    /// <param name="file">Its name, for the message.</param>
    public static IReadOnlyList<EchServerKey> Parse(string text, string file)
    {
        if (EchPemFile.ReadKeys(text, out IReadOnlyList<EchPemPair> pairs) is { } fault) throw Faulty(file, fault);
        List<EchServerKey> keys = [];
        foreach (EchPemPair pair in pairs)
        {
            byte[] publicKey = X25519Key.PublicKey(pair.PrivateKey);
            EchConfig? config = pair.Configs.Configs.FirstOrDefault(config => config.PublicKey.Span.SequenceEqual(publicKey));
            if (config is null) throw Faulty(file, "has a PRIVATE KEY and an ECHCONFIG that do not belong together");
            if (config.Unusable is { } reason) throw Faulty(file, $"has a config that no client may use: {reason}");
            keys.Add(new(config, new Secret(pair.PrivateKey)));
        }
        return keys;
    }

    private static ProxyException Faulty(string file, string fault) => PemFile.Unreadable($"the ECH key file {file} {fault}", null);
}
