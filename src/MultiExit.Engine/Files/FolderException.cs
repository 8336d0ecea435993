using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.Files;

/// <summary>A path leads to a folder where a file is needed.</summary>
[SuppressMessage("Design", "CA1032", Justification = "Always has the same message.")]
internal sealed class FolderException() : UnauthorizedAccessException("It is a folder.");
