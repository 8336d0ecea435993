using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Sessions;

/// <summary>The result of <see cref="IDispatcher.OpenAsync"/>: the dial's outcome and the session that counts it.</summary>
internal readonly record struct OpenedSession(DialResult Dial, Session? Session);
