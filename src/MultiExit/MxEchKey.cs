using MultiExit.Engine.Tls.Ech;

namespace MultiExit;

/// <summary>An ECH key that was made.</summary>
public sealed class MxEchKey
{
    internal MxEchKey(string path, string configPath, EchKey key, IEnumerable<string> names)
    {
        Path = path;
        ConfigPath = configPath;
        PublicName = key.Config.PublicName;
        ConfigId = key.Config.ConfigId;
        ConfigList = key.ConfigList;
        DnsRecord = [.. names.Select(key.DnsRecord)];
    }

    /// <summary>The file of the private keys, for the key <c>tls.ech.key</c> of an inbound.</summary>
    public string Path { get; }

    /// <summary>The file of the public config, PEM.</summary>
    public string ConfigPath { get; }

    /// <summary>The server name that every observer sees.</summary>
    public string PublicName { get; }

    /// <summary>The number by which the server finds the key.</summary>
    public int ConfigId { get; }

    /// <summary>The ECHConfigList, base64: the value of <c>ech</c> in a DNS record, and of <c>ech.config</c> of an exit.</summary>
    public string ConfigList { get; }

    /// <summary>The DNS records that publish it, one for each name, in the form of a zone file.</summary>
    public string[] DnsRecord { get; }

    /// <summary>The base64 of the config.</summary>
    public override string ToString() => ConfigList;
}
