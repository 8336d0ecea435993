using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>A place where a name is used.</summary>
/// <param name="Owner">The exit or group that uses it; null for rules and <c>default</c>.</param>
/// <param name="Name">The name used.</param>
/// <param name="Place">Where it is used.</param>
internal sealed record NameReference(string? Owner, string Name, SourcePlace Place);
