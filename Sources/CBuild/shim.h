// What the build is told about itself: -Xcc -DPLANE_COMMIT=0123abcd names the commit that it is made from.
#define PLANE_TEXT(word) #word
#define PLANE_TEXT_OF(macro) PLANE_TEXT(macro)

// NULL where it is told nothing.
static inline const char *_Nullable plane_commit(void) {
#ifdef PLANE_COMMIT
    return PLANE_TEXT_OF(PLANE_COMMIT);
#else
    return 0;
#endif
}
