namespace MultiExit.Engine.Tests.Support;

/// <summary>A folder that is deleted with the test.</summary>
/// <param name="inMemory">In memory where the system has such a place, for a test that waits for no disk.</param>
internal sealed class TemporaryFolder(bool inMemory = false) : IDisposable
{
    private const string Memory = "/dev/shm";

    public string Path { get; } = inMemory && Directory.Exists(Memory)
        ? Directory.CreateDirectory(System.IO.Path.Combine(Memory, $"multiexit-{Guid.NewGuid():N}")).FullName
        : Directory.CreateTempSubdirectory("multiexit-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
