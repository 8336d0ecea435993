using System.Net;
using MultiExit.Engine.Protocols.Ech;
using MultiExit.Engine.Resolving;

namespace MultiExit;

/// <summary>An ECH config that a server publishes, and what it is good for.</summary>
public sealed class MxEchConfig
{
    internal MxEchConfig(string source, EchConfig config, EchServiceRecord? record, DateTimeOffset? expires)
    {
        Source = source;
        PublicName = config.PublicName;
        ConfigId = config.ConfigId;
        Version = $"{config.Version:x4}";
        KeyExchange = config.KemName;
        CipherSuites = [.. config.CipherSuites.Select(suite => suite.ToString())];
        MaximumNameLength = config.MaximumNameLength;
        ConfigList = Convert.ToBase64String(config.ToList());
        string? reason = record?.UnknownMandatory is { } key
            ? $"its record must not be used without the parameter key{key}, which is not known"
            : config.Unusable;
        Usable = reason is null;
        Explanation = reason is null
            ? $"usable: everybody sees the name {PublicName}, the server's own name is encrypted ({string.Join(", ", CipherSuites)})"
            : $"not usable: {reason}";
        if (record is null) return;
        Priority = record.Priority;
        Target = record.Target.Length > 0 ? record.Target : null;
        Port = record.Port;
        Alpn = [.. record.Alpn];
        Ipv4Hint = [.. record.Ipv4Hints];
        Ipv6Hint = [.. record.Ipv6Hints];
        Expires = expires;
        TimeToLive = expires - DateTimeOffset.UtcNow;
    }

    /// <summary>The name that was asked for, the file, or <c>base64</c>.</summary>
    public string Source { get; }

    /// <summary>Whether clients can use it.</summary>
    public bool Usable { get; }

    /// <summary>What it does, or why it cannot be used.</summary>
    public string Explanation { get; }

    /// <summary>The server name that every observer sees.</summary>
    public string PublicName { get; }

    /// <summary>The number by which the server finds the key.</summary>
    public int ConfigId { get; }

    /// <summary>The version, four hexadecimal digits; known is fe0d.</summary>
    public string Version { get; }

    /// <summary>The key exchange.</summary>
    public string KeyExchange { get; }

    /// <summary>The cipher suites.</summary>
    public string[] CipherSuites { get; }

    /// <summary>The longest name that the server hides; 0 when it does not say.</summary>
    public int MaximumNameLength { get; }

    /// <summary>An ECHConfigList with this config alone, base64.</summary>
    public string ConfigList { get; }

    /// <summary>The priority of the DNS record, lower is better; null without a record.</summary>
    public int? Priority { get; }

    /// <summary>The name that serves; null for the name itself.</summary>
    public string? Target { get; }

    /// <summary>The port; null for that of the URL.</summary>
    public int? Port { get; }

    /// <summary>The protocols of the record.</summary>
    public string[] Alpn { get; } = [];

    /// <summary>IPv4 addresses of the target, as the record hints.</summary>
    public IPAddress[] Ipv4Hint { get; } = [];

    /// <summary>IPv6 addresses of the target, as the record hints.</summary>
    public IPAddress[] Ipv6Hint { get; } = [];

    /// <summary>When the record expires; null without a record.</summary>
    public DateTimeOffset? Expires { get; }

    /// <summary>How long that is from the answer on.</summary>
    public TimeSpan? TimeToLive { get; }

    /// <summary>What it does, or why it cannot be used.</summary>
    public override string ToString() => Explanation;
}
