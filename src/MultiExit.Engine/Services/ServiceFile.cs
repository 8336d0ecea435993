namespace MultiExit.Engine.Services;

/// <summary>A file that a service needs.</summary>
/// <param name="Path">Its path, absolute.</param>
/// <param name="Text">Its text.</param>
public sealed record ServiceFile(string Path, string Text);
