namespace MultiExit.Engine.Remote;

/// <summary>A server that a control link leads to.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">Its control socket, on its own host.</param>
internal sealed record ReachedServer(string Name, string Path);
