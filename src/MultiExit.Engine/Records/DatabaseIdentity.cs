using Microsoft.Data.Sqlite;
using MultiExit.Engine.Files;

namespace MultiExit.Engine.Records;

/// <summary>Which files a database has that is open to be written: the file itself and the log beside it. SQLite looks at neither again, and would
/// write for nobody when a path leads elsewhere.</summary>
/// <param name="File">The file.</param>
/// <param name="Log">The log.</param>
internal readonly record struct DatabaseIdentity(FileIdentity File, FileIdentity Log)
{
    /// <summary>Looks at the files of a path.</summary>
    public static DatabaseIdentity Of(string path) => new(FileIdentity.Of(path), FileIdentity.Of(path + "-wal"));

    /// <summary>Moves what the log has into the file where the log alone has lost its name: its owner can still read it, and nobody else can.</summary>
    /// <param name="connection">The connection that writes.</param>
    /// <param name="path">The path of the file.</param>
    public void Save(SqliteConnection connection, string path)
    {
        if (FileIdentity.Of(path) != File || Of(path) == this) return;
        try
        {
            Sqlite.Run(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteException)
        {
            // The disk is full, or worse: what the log has is lost with it.
        }
    }
}
