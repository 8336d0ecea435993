namespace MultiExit.Engine.Templates;

/// <summary>A file that is made.</summary>
/// <param name="Name">Its name, without a folder.</param>
/// <param name="Text">Its text.</param>
/// <param name="IsDocument">Whether it is a configuration; otherwise it holds a key, a password or a certificate.</param>
/// <param name="IsPrivate">Whether only its owner may read it.</param>
public sealed record TemplateFile(string Name, string Text, bool IsDocument, bool IsPrivate);
