namespace MultiExit.Engine.Configuration.Auth;

/// <summary>A file of names and hashes, as <c>htpasswd</c> writes it. It is read whole and again when it changes, so nothing of it is ever away.</summary>
/// <param name="File">The file; an absolute path.</param>
public sealed record FileAuthConfig(string File) : AuthConfig
{
    /// <inheritdoc/>
    public override string Type => "file";

    /// <inheritdoc/>
    public override string Place => File;
}
