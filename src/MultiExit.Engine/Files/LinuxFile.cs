using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace MultiExit.Engine.Files;

/// <summary>Files as Linux has them: their kind, and opening them without a wait.</summary>
internal static unsafe partial class LinuxFile
{
    public const int NotPermitted = 1, NoEntry = 2, NoDevice = 6, WouldBlock = 11, AccessDenied = 13, NotAFolder = 20, NoSpace = 28, QuotaExceeded = 122;

    private const int ReadOnly = 0, WriteOnly = 1, Create = 0x40, NoTerminal = 0x100, Append = 0x400, NonBlocking = 0x800, CloseOnExec = 0x80000;
    private const int CurrentFolder = -100, NoFollow = 0x100, EmptyPath = 0x1000;

    // statx(2): the layout is the same on every architecture, unlike that of stat.
    private const int StatusLength = 256, ModeOffset = 28, InodeOffset = 32, MajorOffset = 136, MinorOffset = 140;
    private const int UserOffset = 20, GroupOffset = 24, PermissionMask = 0x1FF;
    private const uint TypeAndInode = 0x1 | 0x100, OwnerAndMode = 0x2 | 0x8 | 0x10;
    private const int TypeMask = 0xF000, PipeType = 0x1000, CharacterType = 0x2000, FolderType = 0x4000, BlockType = 0x6000;
    private const int RegularType = 0x8000, LinkType = 0xA000, SocketType = 0xC000;

    private const short PollIn = 0x1;

    /// <summary>The identity of the file that a path leads to; null where the system does not report it.</summary>
    public static FileIdentity? Look(string path, bool followLinks)
    {
        byte* status = stackalloc byte[StatusLength];
        try
        {
            if (StatusAt(CurrentFolder, path, followLinks ? 0 : NoFollow, TypeAndInode, status) == 0) return Read(status);
            return Marshal.GetLastPInvokeError() is NoEntry or NotAFolder ? default(FileIdentity) : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null; // a C library without it
        }
    }

    /// <summary>Closes a descriptor and nothing else; the handle is closed then.</summary>
    public static void CloseAlone(SafeFileHandle file)
    {
        int descriptor = (int)file.DangerousGetHandle();
        file.SetHandleAsInvalid();
        _ = Close(descriptor);
    }

    /// <summary>The identity of an open file; null where the system does not report it.</summary>
    public static FileIdentity? Look(SafeFileHandle file)
    {
        byte* status = stackalloc byte[StatusLength];
        try
        {
            return StatusOf(file, "", EmptyPath, TypeAndInode, status) == 0 ? Read(status) : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The user and group that a file belongs to, and its mode; null where the system does not report them.</summary>
    public static FileOwner? OwnerOf(string path)
    {
        byte* status = stackalloc byte[StatusLength];
        if (StatusAt(CurrentFolder, path, 0, OwnerAndMode, status) != 0) return null;
        ReadOnlySpan<byte> fields = new(status, StatusLength);
        return new FileOwner(MemoryMarshal.Read<uint>(fields[UserOffset..]), MemoryMarshal.Read<uint>(fields[GroupOffset..]),
            (UnixFileMode)(MemoryMarshal.Read<ushort>(fields[ModeOffset..]) & PermissionMask));
    }

    /// <summary>Gives an open file to a user and group, with a mode.</summary>
    /// <exception cref="UnauthorizedAccessException">This process may not give it away.</exception>
    /// <exception cref="IOException">It cannot be given away.</exception>
    [UnsupportedOSPlatform("windows")]
    public static void Give(SafeFileHandle file, FileOwner owner, string path)
    {
        if (ChangeOwner(file, owner.User, owner.Group) != 0) throw Failure(Marshal.GetLastPInvokeError(), path);
        File.SetUnixFileMode(file, owner.Mode);
    }

    /// <summary>Opens a file to read it, without waiting for a process that may write to it.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static SafeFileHandle OpenRead(string path) => Open(path, ReadOnly, 0);

    /// <summary>Opens a file, or makes it with mode 0640; each write goes to its end, wherever that is by then.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static SafeFileHandle OpenAppend(string path) => Open(path, WriteOnly | Create | Append, 0x1A0);

    /// <summary>Waits until a pipe can be read.</summary>
    /// <returns>False when the time is over.</returns>
    public static bool WaitForInput(SafeFileHandle file, int milliseconds)
    {
        bool held = false;
        try
        {
            file.DangerousAddRef(ref held);
            PollEntry entry = new() { File = (int)file.DangerousGetHandle(), Events = PollIn };
            return Poll(&entry, 1, milliseconds) != 0;
        }
        finally
        {
            if (held) file.DangerousRelease();
        }
    }

    /// <summary>Reads from a pipe: -1 when it is empty for now, 0 at its end.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static int Read(SafeFileHandle file, Span<byte> buffer)
    {
        nint read;
        fixed (byte* target = buffer) read = ReadSome(file, target, buffer.Length);
        if (read >= 0) return (int)read;
        int error = Marshal.GetLastPInvokeError();
        return error is WouldBlock or 4 ? -1 : throw Failure(error, "");
    }

    private static SafeFileHandle Open(string path, int flags, uint mode)
    {
        if (path.Contains('\0', StringComparison.Ordinal)) throw new FileNotFoundException("a path has no NUL", path);
        while (true)
        {
            int file = OpenFile(path, flags | NonBlocking | NoTerminal | CloseOnExec, mode);
            if (file >= 0) return new SafeFileHandle(file, ownsHandle: true);
            int error = Marshal.GetLastPInvokeError();
            if (error != 4) throw Failure(error, path); // EINTR
        }
    }

    private static Exception Failure(int error, string path) => error switch
    {
        NoEntry => new FileNotFoundException(Marshal.GetPInvokeErrorMessage(error), path),
        NotAFolder => new DirectoryNotFoundException(Marshal.GetPInvokeErrorMessage(error)),
        NotPermitted or AccessDenied => new UnauthorizedAccessException($"Access to the path '{path}' is denied."),
        NoDevice => new SpecialFileException(),
        _ => new IOException(Marshal.GetPInvokeErrorMessage(error), error),
    };

    private static FileIdentity Read(byte* status)
    {
        ReadOnlySpan<byte> fields = new(status, StatusLength);
        FileKind kind = (MemoryMarshal.Read<ushort>(fields[ModeOffset..]) & TypeMask) switch
        {
            RegularType => FileKind.Regular,
            FolderType => FileKind.Folder,
            LinkType => FileKind.Link,
            PipeType => FileKind.Pipe,
            SocketType => FileKind.LocalSocket,
            CharacterType or BlockType => FileKind.Device,
            _ => FileKind.Unknown,
        };
        ulong device = ((ulong)MemoryMarshal.Read<uint>(fields[MajorOffset..]) << 32) | MemoryMarshal.Read<uint>(fields[MinorOffset..]);
        return new FileIdentity(kind, device, MemoryMarshal.Read<ulong>(fields[InodeOffset..]));
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int File;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatusAt(int folder, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatusOf(SafeFileHandle file, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    private static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadSome(SafeFileHandle file, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
