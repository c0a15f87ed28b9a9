/*
 * A JVM's thread gets an Error, whatever it does: an agent that is loaded into a running switch,
 *
 *     jcmd PID JVMTI.agent_load /path/to/throw.so NAME
 *
 * makes an OutOfMemoryError come up in every thread whose name begins with NAME (JVM TI, StopThread).
 * One that waits in a system call gets it when it returns from there.
 */
#include <jvmti.h>
#include <string.h>

static jint throw_in(jvmtiEnv *jvmti, JNIEnv *jni, const char *name)
{
    jthread *threads;
    jint count, met = 0;
    jclass type = (*jni)->FindClass(jni, "java/lang/OutOfMemoryError");
    jmethodID make = (*jni)->GetMethodID(jni, type, "<init>", "(Ljava/lang/String;)V");
    jstring words = (*jni)->NewStringUTF(jni, "made by an attack");
    jobject error = (*jni)->NewObject(jni, type, make, words);
    if (error == NULL || (*jvmti)->GetAllThreads(jvmti, &count, &threads) != JVMTI_ERROR_NONE)
        return 0;
    for (int i = 0; i < count; i++) {
        jvmtiThreadInfo info;
        if ((*jvmti)->GetThreadInfo(jvmti, threads[i], &info) != JVMTI_ERROR_NONE)
            continue;
        if (strncmp(info.name, name, strlen(name)) == 0)
            met += (*jvmti)->StopThread(jvmti, threads[i], error) == JVMTI_ERROR_NONE;
    }
    return met;
}

JNIEXPORT jint JNICALL Agent_OnAttach(JavaVM *vm, char *name, void *reserved)
{
    jvmtiEnv *jvmti;
    JNIEnv *jni;
    jvmtiCapabilities may = { .can_signal_thread = 1 };
    (void)reserved;
    if ((*vm)->GetEnv(vm, (void **)&jvmti, JVMTI_VERSION_1_2) != JNI_OK
        || (*vm)->GetEnv(vm, (void **)&jni, JNI_VERSION_1_8) != JNI_OK
        || (*jvmti)->AddCapabilities(jvmti, &may) != JVMTI_ERROR_NONE)
        return JNI_ERR;
    return throw_in(jvmti, jni, name) > 0 ? JNI_OK : JNI_ERR;
}
