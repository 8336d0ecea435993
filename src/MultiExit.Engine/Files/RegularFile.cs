using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace MultiExit.Engine.Files;

/// <summary>Opens files whose paths come from outside. A file that is not a regular one is refused at once: opening a pipe would wait for a
/// writer, a device may have no end, and opening one may have an effect. Every read has a limit.</summary>
public static class RegularFile
{
    // How long the writer of a pipe may take for all of it.
    private static readonly TimeSpan PipePatience = TimeSpan.FromSeconds(10);

    /// <summary>Opens a file to read it; links are followed.</summary>
    /// <exception cref="IOException">It is not there, is no regular file, or cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream OpenRead(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!OperatingSystem.IsLinux()) return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        // Looked at before as well: opening a device may have an effect.
        Require(FileIdentity.Behind(path).Kind);
        SafeFileHandle file = LinuxFile.OpenRead(path);
        try
        {
            Require(LinuxFile.Look(file)?.Kind ?? FileKind.Unknown);
            return new FileStream(file, FileAccess.Read, 1);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file to append to it, or makes it, mode 0640.</summary>
    /// <exception cref="IOException">It is no regular file, or cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal static SafeFileHandle OpenAppend(string path)
    {
        if (!OperatingSystem.IsLinux()) return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        if (FileIdentity.Behind(path).Kind is var kind && kind != FileKind.None) Require(kind);
        SafeFileHandle file = LinuxFile.OpenAppend(path);
        try
        {
            Require(LinuxFile.Look(file)?.Kind ?? FileKind.Unknown);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads a whole file; links are followed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">The most bytes it may have.</param>
    /// <exception cref="IOException">It is not there, is no regular file, is larger, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] Read(string path, int limit)
    {
        using FileStream stream = OpenRead(path);
        return Read(stream, limit);
    }

    /// <summary>Reads the rest of an open file.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="limit">The most bytes it may have.</param>
    /// <exception cref="IOException">It is larger, or cannot be read.</exception>
    internal static byte[] Read(Stream stream, int limit)
    {
        // Not by its length alone: the files of /proc report a length of 0.
        byte[] content = new byte[stream.CanSeek && stream.Length > 0 ? (int)Math.Min(stream.Length, limit) + 1 : 4096];
        int length = 0;
        while (true)
        {
            int read = stream.Read(content, length, content.Length - length);
            if (read == 0) break;
            length += read;
            if (length > limit) throw new FileTooLargeException(limit);
            if (length == content.Length) Array.Resize(ref content, (int)Math.Min((long)content.Length * 2, (long)limit + 1));
        }
        Array.Resize(ref content, length);
        return content;
    }

    /// <summary>Refuses to replace what is not a regular file: a device or a socket would be lost. A link is replaced itself.</summary>
    /// <exception cref="IOException">The path leads to something else.</exception>
    public static void RequireReplaceable(string path)
    {
        if (FileIdentity.Of(path).Kind is FileKind.Pipe or FileKind.LocalSocket or FileKind.Device)
            throw new IOException($"'{path}' is there and is not a regular file; it is not replaced.");
    }

    /// <summary>Whether a path names an open pipe of this process: <c>/dev/stdin</c>, or <c>/dev/fd/63</c> as shells make of <c>&lt;(command)</c>.</summary>
    internal static bool IsOwnPipe(string path) => OperatingSystem.IsLinux()
        && (path is "/dev/stdin" || path.StartsWith("/dev/fd/", StringComparison.Ordinal) || path.StartsWith("/proc/self/fd/", StringComparison.Ordinal))
        && FileIdentity.Behind(path).Kind == FileKind.Pipe;

    /// <summary>Reads a pipe to its end.</summary>
    /// <param name="path">The pipe, see <see cref="IsOwnPipe"/>.</param>
    /// <param name="limit">The most bytes there may be.</param>
    /// <param name="patience">How long all of it may take; null: ten seconds.</param>
    /// <exception cref="IOException">There are more, or the writer did not come to an end in time.</exception>
    internal static byte[] ReadPipe(string path, int limit, TimeSpan? patience = null)
    {
        using SafeFileHandle pipe = LinuxFile.OpenRead(path);
        long began = Stopwatch.GetTimestamp();
        using MemoryStream content = new();
        byte[] buffer = new byte[16 * 1024];
        while (true)
        {
            TimeSpan left = (patience ?? PipePatience) - Stopwatch.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || !LinuxFile.WaitForInput(pipe, (int)left.TotalMilliseconds + 1))
                throw new IOException("The end of the pipe did not come in time.");
            int read = LinuxFile.Read(pipe, buffer);
            if (read == 0) return content.ToArray();
            if (read < 0) continue;
            content.Write(buffer, 0, read);
            if (content.Length > limit) throw new FileTooLargeException(limit);
        }
    }

    private static void Require(FileKind kind)
    {
        if (kind is FileKind.Pipe or FileKind.LocalSocket or FileKind.Device) throw new SpecialFileException();
        if (kind == FileKind.Folder) throw new FolderException();
    }
}
