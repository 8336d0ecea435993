namespace MultiExit.Engine.Configuration;

/// <summary>Through an HTTP proxy with CONNECT.</summary>
public sealed record HttpExitConfig : ProxyExitConfig
{
    /// <inheritdoc/>
    public override string Type => "http";
}
