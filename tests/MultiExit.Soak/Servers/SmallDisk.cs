using System.Diagnostics;

namespace MultiExit.Soak.Servers;

/// <summary>A folder that is a file system of its own where that is possible, so that it can be filled.</summary>
internal sealed class SmallDisk : IDisposable
{
    // Room for the logs of a day.
    private const string Size = "size=256m";
    private const int Piece = 1024 * 1024;

    public SmallDisk(string folder)
    {
        Folder = folder;
        Directory.CreateDirectory(folder);
        Obstacle = Environment.IsPrivilegedProcess
            ? Run("mount", "-t", "tmpfs", "-o", Size, "tmpfs", folder)
            : "only root may mount a file system";
    }

    public string Folder { get; }

    /// <summary>Why it cannot be filled; null where it can.</summary>
    public string? Obstacle { get; }

    private string Filling => Path.Combine(Folder, "filling");

    /// <summary>Leaves no page; what a file has in its last page can still be written.</summary>
    public void Fill()
    {
        using FileStream fill = new(Filling, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] piece = new byte[Piece];
        for (int length = Piece; length >= 4096; length /= 2)
        {
            try
            {
                while (true) fill.Write(piece, 0, length);
            }
            catch (IOException)
            {
                // Full, for pieces of this length.
            }
        }
    }

    public void Empty() => File.Delete(Filling);

    /// <summary>Copies its files beside it, for those who look for what went wrong.</summary>
    public void Keep()
    {
        if (Obstacle is not null) return;
        string kept = Folder + "-kept";
        foreach (string file in Directory.GetFiles(Folder, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(kept, Path.GetRelativePath(Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public void Dispose()
    {
        if (Obstacle is null) Run("umount", "-l", Folder);
    }

    private static string? Run(string program, params string[] arguments)
    {
        try
        {
            ProcessStartInfo start = new(program, arguments) { RedirectStandardError = true, UseShellExecute = false };
            using Process process = Process.Start(start)!;
            string problem = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : problem.Trim();
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return exception.Message;
        }
    }
}
