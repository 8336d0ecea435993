namespace MultiExit.Engine.Files;

/// <summary>Who has a file, and what others may do with it.</summary>
/// <param name="User">The number of the user.</param>
/// <param name="Group">The number of the group.</param>
/// <param name="Mode">Its mode.</param>
internal readonly record struct FileOwner(uint User, uint Group, UnixFileMode Mode);
