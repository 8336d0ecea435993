using MultiExit.Engine.Configuration.History;

namespace MultiExit.Engine.Status;

/// <summary>The configuration that a server runs, and where it comes from.</summary>
/// <param name="Server">The server's name.</param>
/// <param name="File">The server's own file; null when it came from URLs.</param>
/// <param name="Dialect">What the document in force was recognised as.</param>
/// <param name="Sha256">SHA-256 of the text in force, hexadecimal; null when it came from URLs.</param>
/// <param name="History">The folder of the versions; null without <c>history</c>.</param>
/// <param name="Version">The version in force; null without <c>history</c>.</param>
/// <param name="Pending">The version that is rolled back unless it is confirmed; null when there is none.</param>
/// <param name="Watched">Whether a change of the file is put in force by itself.</param>
/// <param name="LastReloadError">Why the last configuration that was offered is not in force; null when it is.</param>
/// <param name="FileSha256">SHA-256 of the text that the server's own file has now, hexadecimal; null when it has none or cannot be read.</param>
/// <param name="ControlSocket">The control socket; null when there is none.</param>
/// <param name="Settings">Every key with its value, <c>exits[wan1].weight: 2</c>, secrets masked; empty when it came from URLs.</param>
public sealed record ConfigStatus(
    string Server,
    string? File,
    string Dialect,
    string? Sha256,
    string? History,
    ConfigVersion? Version,
    PendingVersion? Pending,
    bool Watched,
    string? LastReloadError,
    string? FileSha256,
    string? ControlSocket,
    IReadOnlyList<string> Settings)
{
    /// <summary>The warnings about the configuration in force that hold now; those whose cause has been removed meanwhile are left out.</summary>
    public IReadOnlyList<ServerWarning> Warnings { get; init; } = [];
}
