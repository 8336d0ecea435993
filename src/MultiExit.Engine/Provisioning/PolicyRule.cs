namespace MultiExit.Engine.Provisioning;

/// <summary>A rule of <c>ip rule</c>: packets with the mark use the table.</summary>
/// <param name="IsIpv6">The family.</param>
/// <param name="Priority">Its place among the rules.</param>
/// <param name="Mark">The firewall mark.</param>
/// <param name="Table">The routing table.</param>
internal sealed record PolicyRule(bool IsIpv6, int Priority, int Mark, int Table)
{
    /// <summary>The number that marks it as MultiExit's.</summary>
    public string Protocol { get; init; } = Ip.Ours;

    private string[] Selector =>
        [Ip.Family(IsIpv6), "rule", "", "fwmark", Ip.Text(Mark), "lookup", Ip.Text(Table), "priority", Ip.Text(Priority), "protocol", Protocol];

    public string[] Add => Ip.WithVerb(Selector, "add");

    public string[] Delete => Ip.WithVerb(Selector, "del");

    public override string ToString() => $"ip {string.Join(' ', Add)}";
}
