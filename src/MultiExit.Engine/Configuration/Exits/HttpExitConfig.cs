namespace MultiExit.Engine.Configuration.Exits;

/// <summary>Through an HTTP proxy with CONNECT.</summary>
public sealed record HttpExitConfig : ProxyExitConfig
{
    /// <inheritdoc/>
    public override string Type => "http";
}
