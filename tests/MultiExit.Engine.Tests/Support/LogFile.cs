namespace MultiExit.Engine.Tests.Support;

/// <summary>A server's log in a folder of its own.</summary>
internal sealed class LogFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("multiexit-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "server.log");

    // The name has the date in it.
    public Task<string> ReadAsync() => File.ReadAllTextAsync(_folder.GetFiles("server*.log").Single().FullName);

    public void Dispose() => _folder.Delete(recursive: true);
}
