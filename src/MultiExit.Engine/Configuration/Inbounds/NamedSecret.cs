namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>One of several keys or tokens of a user, which can be taken away alone.</summary>
/// <param name="Name">Its name, which logs and records may show.</param>
/// <param name="Value">The secret.</param>
public sealed record NamedSecret(string Name, Secret Value);
