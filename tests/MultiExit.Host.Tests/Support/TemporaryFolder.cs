namespace MultiExit.Host.Tests.Support;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("multiexit-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
