using System.Net;

namespace MultiExit.Engine.Provisioning;

/// <summary>The default route of a table.</summary>
/// <param name="IsIpv6">The family.</param>
/// <param name="Table">The table.</param>
/// <param name="Gateway">The gateway, or null for the link itself.</param>
/// <param name="Interface">The interface.</param>
/// <param name="Source">The source address of sockets that are not bound; null where the address is not on this host.</param>
internal sealed record PolicyRoute(bool IsIpv6, int Table, IPAddress? Gateway, string Interface, IPAddress? Source)
{
    /// <summary>The number that marks it as MultiExit's.</summary>
    public string Protocol { get; init; } = Ip.Ours;

    /// <summary>Whether it leads to this host itself: its packets are delivered here, whatever their destination.</summary>
    public bool IsLocal { get; init; }

    private string[] Selector =>
    [
        Ip.Family(IsIpv6), "route", "", .. IsLocal ? (string[])["local"] : [], "default",
        .. Gateway is null ? (string[])[] : ["via", Gateway.ToString()], "dev", Interface,
        .. Source is null ? (string[])[] : ["src", Source.ToString()], "table", Ip.Text(Table), "proto", Protocol,
    ];

    public string[] Add => Ip.WithVerb(Selector, "add");

    public string[] Delete => Ip.WithVerb(Selector, "del");

    public override string ToString() => $"ip {string.Join(' ', Add)}";
}
