using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;
using SQLitePCL;

namespace MultiExit.Engine.Records;

/// <summary>Opens databases. Nothing of SQLite is loaded before <see cref="Load"/>, which a server without records never calls.</summary>
internal static class Sqlite
{
    // Result codes of SQLite (sqlite.org/rescode.html).
    private const int Error = 1, Busy = 5, Locked = 6, Corrupt = 11, TooBig = 18, Constraint = 19, Mismatch = 20, NoDatabase = 26;

    /// <summary>A query that was interrupted.</summary>
    public const int Interrupted = 9;

    // More than any text of a record has.
    private const int MaxLength = 1 << 20;

    private static readonly Lazy<Exception?> Fault = new(TryLoad);

    /// <summary>Loads the library.</summary>
    /// <exception cref="ProxyException">It is not there for this system.</exception>
    public static void Load()
    {
        if (Fault.Value is { } fault)
        {
            throw new ProxyException(ProxyError.MissingLibrary,
                $"records: the library e_sqlite3 cannot be loaded on this system ({RuntimeInformation.RuntimeIdentifier}): {fault.Message}", fault);
        }
    }

    /// <summary>Opens a file to write it; made with mode 0600 where it is missing.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    /// <exception cref="IOException">It cannot be made, or is no regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static SqliteConnection OpenWrite(string path)
    {
        // SQLite would follow a link, and wait for the writer of a pipe.
        foreach (string file in FilesOf(path))
        {
            if (FileIdentity.Of(file).Kind is not (FileKind.None or FileKind.Regular or FileKind.Unknown))
                throw new IOException($"'{file}' is there and is no regular file");
        }
        if (!File.Exists(path))
        {
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            // Those beside it get the mode of this one.
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            new FileStream(path, options).Dispose();
        }
        return Open(path, SqliteOpenMode.ReadWrite);
    }

    /// <summary>Opens a file to read it.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    /// <exception cref="SpecialFileException">It is no regular file.</exception>
    public static SqliteConnection OpenRead(string path)
    {
        if (FileIdentity.Of(path).Kind is FileKind.None) throw new FileNotFoundException("it is gone", path);
        if (FileIdentity.Of(path).Kind is not (FileKind.Regular or FileKind.Unknown)) throw new SpecialFileException();
        return Open(path, SqliteOpenMode.ReadOnly);
    }

    /// <summary>Runs a statement.</summary>
    /// <returns>The first value of its first row; null for none.</returns>
    public static object? Run(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        return command.ExecuteScalar() is { } value and not DBNull ? value : null;
    }

    /// <summary>The file itself, and those that SQLite has beside it.</summary>
    public static string[] FilesOf(string path) => [path, path + "-wal", path + "-shm", path + "-journal"];

    /// <summary>The bytes that they take together.</summary>
    public static long SizeOf(string path) => FilesOf(path).Sum(file => new FileInfo(file) is { Exists: true } info ? info.Length : 0);

    /// <summary>Whether the file is damaged, or its tables are not those of a store: a statement is faulty for them alone.</summary>
    public static bool IsDamaged(SqliteException exception) => exception.SqliteErrorCode is Corrupt or NoDatabase or Error;

    /// <summary>Whether another process holds the file.</summary>
    public static bool IsHeld(SqliteException exception) => exception.SqliteErrorCode is Busy or Locked;

    /// <summary>Whether the file is in order, and a row cannot be in it.</summary>
    public static bool IsOfRow(SqliteException exception) => exception.SqliteErrorCode is TooBig or Constraint or Mismatch;

    /// <summary>What is wrong. SQLite has one sentence for many failures of a disk, and tells them apart by a number.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        SqliteException held when IsHeld(held) => "another process holds it",
        SqliteException { SqliteExtendedErrorCode: > 255 and var code } => $"{exception.Message.TrimEnd('.')} (extended code {code})",
        _ => exception.Message,
    };

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = path, Mode = mode, Pooling = false,
            DefaultTimeout = 1, // s; a file that another process holds is tried again later
        }.ConnectionString);
        try
        {
            connection.Open();
            raw.sqlite3_limit(connection.Handle, raw.SQLITE_LIMIT_LENGTH, MaxLength);
            Run(connection, "PRAGMA trusted_schema = OFF");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static Exception? TryLoad()
    {
        try
        {
            Batteries_V2.Init();
            return null;
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException
            or TypeInitializationException or FileNotFoundException)
        {
            return exception;
        }
    }
}
