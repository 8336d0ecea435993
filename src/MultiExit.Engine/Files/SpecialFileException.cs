using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.Files;

/// <summary>A path leads to a pipe, a socket or a device where a regular file is needed.</summary>
[SuppressMessage("Design", "CA1032", Justification = "Always has the same message.")]
internal sealed class SpecialFileException() : IOException("The path leads to no regular file.");
