using System.Net;

namespace MultiExit.Engine.Protocols.Dns;

/// <summary>HTTPS (RFC 9460 section 9).</summary>
/// <param name="Name">The owner.</param>
/// <param name="Ttl">How long it holds, in seconds.</param>
/// <param name="Priority">0 for an alias (section 2.4.2), otherwise lower is better.</param>
/// <param name="Target">The name that serves; empty for the owner itself, and in an alias for "there is no such service".</param>
internal sealed record DnsServiceRecord(string Name, uint Ttl, ushort Priority, string Target) : DnsRecord(Name, Ttl)
{
    /// <summary>Whether this record only points to another name.</summary>
    public bool IsAlias => Priority == 0;

    /// <summary>The protocols, such as <c>h2</c> (section 7.1).</summary>
    public IReadOnlyList<string> Alpn { get; init; } = [];

    /// <summary>Whether HTTP/1.1 is excluded (<c>no-default-alpn</c>).</summary>
    public bool NoDefaultAlpn { get; init; }

    /// <summary>The port, when it is not that of the URL.</summary>
    public ushort? Port { get; init; }

    /// <summary>Addresses of the target (section 7.3).</summary>
    public IReadOnlyList<IPAddress> Ipv4Hints { get; init; } = [];

    /// <summary>Addresses of the target.</summary>
    public IReadOnlyList<IPAddress> Ipv6Hints { get; init; } = [];

    /// <summary>The ECHConfigList, unchecked (RFC 9848); null when the record has none.</summary>
    public byte[]? Ech { get; init; }

    /// <summary>The mandatory key that is not known here (section 8): such a record is skipped. Null when all are known.</summary>
    public ushort? UnknownMandatory { get; init; }
}
