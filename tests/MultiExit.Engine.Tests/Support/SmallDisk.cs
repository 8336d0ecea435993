using System.Diagnostics;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A file system, of 64 KiB unless the test says otherwise, that the test fills and empties.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SmallDisk(string size = "64k")
    {
        if (Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", _folder.Path) is { Length: > 0 } problem) throw new IOException(problem);
    }

    public string this[string name] => Path.Combine(_folder.Path, name);

    public string Root => _folder.Path;

    /// <summary>Leaves no page; what a file has in its last page can still be written.</summary>
    public void Fill()
    {
        using FileStream fill = new(this["fill"], FileMode.Create, FileAccess.Write);
        byte[] page = new byte[4096];
        try
        {
            while (true)
            {
                fill.Write(page);
                fill.Flush();
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Empty() => File.Delete(this["fill"]);

    public void Dispose()
    {
        Run("umount", "-l", _folder.Path);
        _folder.Dispose();
    }

    internal static string Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardError = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        string problem = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? "" : problem + " ";
    }
}
