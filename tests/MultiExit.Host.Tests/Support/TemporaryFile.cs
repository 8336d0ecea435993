namespace MultiExit.Host.Tests.Support;

internal sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(string text, string extension = ".yaml")
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"multiexit-{Guid.NewGuid():N}{extension}");
        Write(text);
    }

    public string Path { get; }

    public void Write(string text) => File.WriteAllText(Path, text);

    public void Dispose() => File.Delete(Path);
}
