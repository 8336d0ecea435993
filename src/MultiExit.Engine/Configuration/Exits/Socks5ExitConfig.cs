namespace MultiExit.Engine.Configuration.Exits;

/// <summary>Through a SOCKS5 proxy.</summary>
public sealed record Socks5ExitConfig : ProxyExitConfig
{
    /// <inheritdoc/>
    public override string Type => "socks5";
}
