namespace MultiExit.Engine.Configuration.Exits;

/// <summary>Through a SOCKS4 proxy.</summary>
public sealed record Socks4ExitConfig : ProxyExitConfig
{
    /// <inheritdoc/>
    public override string Type => "socks4";

    /// <summary>Where names are resolved (key <c>resolve</c>): <c>remote</c>, the default, sends them to the proxy, which has to speak SOCKS4A for that;
    /// <c>local</c>, the default of a URL with <c>socks4://</c>, resolves them here, to addresses of IPv4.</summary>
    public NameResolution Resolve { get; init; }

    internal override ExitConfig? WithLogin(string name, Secret password) => null;
}
