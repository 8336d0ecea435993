namespace MultiExit.Engine.Routing.Conditions;

/// <summary>What is not known of a request.</summary>
[Flags]
internal enum Unknowns
{
    /// <summary>All is known.</summary>
    None = 0,

    /// <summary>Who the user is.</summary>
    User = 1,

    /// <summary>The address that the client came in on.</summary>
    Local = 2,

    /// <summary>The client's address.</summary>
    Client = 4,

    /// <summary>The destination: an association of datagrams has many.</summary>
    Destination = 8,

    /// <summary>The groups of the user: a back-end knows them.</summary>
    Groups = 16,
}
