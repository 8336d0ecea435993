namespace MultiExit.Engine.Control;

/// <summary>Whether a request changes something.</summary>
internal enum ControlAccess
{
    /// <summary>It only reads: readers may.</summary>
    Read,

    /// <summary>It changes something, or lets the server do something: operators may.</summary>
    Write,
}
